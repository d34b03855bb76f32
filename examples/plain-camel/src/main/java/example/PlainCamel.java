package example;

import java.util.Collection;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PackageScanResourceResolver;
import org.apache.camel.spi.Resource;
import org.apache.camel.spi.RoutesLoader;
import org.apache.camel.support.PluginHelper;

/** A CamelContext with the rooms of Kling Routes beside routes of its own. */
public final class PlainCamel {
    private PlainCamel() {}

    public static void main(String[] args) throws Exception {
        DefaultCamelContext camel = new DefaultCamelContext();
        camel.getPropertiesComponent().setLocation("classpath:application.properties");
        PackageScanResourceResolver files = PluginHelper.getPackageScanResourceResolver(camel);
        RoutesLoader loader = PluginHelper.getRoutesLoader(camel);
        for (String pattern :
                new String[] {"classpath:kling/routes/*.camel.yaml", "classpath:camel/*.camel.yaml"}) {
            Collection<Resource> routes = files.findResources(pattern);
            loader.loadRoutes(routes);
        }
        camel.start();
        Runtime.getRuntime().addShutdownHook(new Thread(camel::stop));
        Thread.currentThread().join();
    }
}
