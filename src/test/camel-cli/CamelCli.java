import org.apache.camel.dsl.jbang.core.commands.CamelJBangMain;

/** What JBang makes of the Camel CLI. */
class CamelCli {
    public static void main(String[] args) {
        CamelJBangMain.run(args);
    }
}
