package dev.klingroutes.task;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * A host's DataSource as the ledger uses it: what is done on a connection commits when we say so,
 * and the connection goes back as it came. The pool behind it is the host's and is never closed.
 */
final class HostDataSource implements DataSource {
    private final DataSource host;

    HostDataSource(DataSource host) {
        this.host = host;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return committing(host.getConnection());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return committing(host.getConnection(user, password));
    }

    private static Connection committing(Connection connection) throws SQLException {
        try {
            if (connection.getAutoCommit()) {
                return connection;
            }
            connection.setAutoCommit(true);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
        return (Connection)
                Proxy.newProxyInstance(
                        HostDataSource.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (proxy, method, arguments) -> {
                            try {
                                if (method.getName().equals("close")) {
                                    giveBack(connection);
                                    return null;
                                }
                                return method.invoke(connection, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    /** As it came; also if it is broken by now. */
    private static void giveBack(Connection connection) throws SQLException {
        try {
            if (!connection.isClosed()) {
                connection.setAutoCommit(false);
            }
        } finally {
            connection.close();
        }
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return host.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        host.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        host.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return host.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger(Logger.GLOBAL_LOGGER_NAME);
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return host.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return host.isWrapperFor(type);
    }
}
