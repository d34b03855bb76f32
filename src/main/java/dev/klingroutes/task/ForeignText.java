package dev.klingroutes.task;

import java.nio.charset.StandardCharsets;
import java.sql.Types;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;

/**
 * Text comes from files and from the provider. PostgreSQL takes no NUL and no half of a surrogate
 * pair, and what was paid must be written whatever came with it.
 */
final class ForeignText extends AbstractArgumentFactory<String> {
    ForeignText() {
        super(Types.VARCHAR);
    }

    @Override
    protected Argument build(String value, ConfigRegistry config) {
        String storable = storable(value);
        return (position, statement, context) -> statement.setString(position, storable);
    }

    static String storable(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                .replace("\0", "");
    }
}
