package dev.klingroutes.bench;

import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;

/** An application of Camel Main that does nothing: what a start costs before anything of ours. */
final class EmptyMain {
    private EmptyMain() {}

    public static void main(String[] none) throws Exception {
        Main main = new Main();
        main.configure().setStartupSummaryLevel(StartupSummaryLevel.Off);
        main.configure()
                .addRoutesBuilder(
                        new RouteBuilder() {
                            @Override
                            public void configure() {
                                from("direct:nothing").stop();
                            }
                        });
        main.addMainListener(
                new MainListenerSupport() {
                    @Override
                    public void afterStart(BaseMainSupport started) {
                        System.out.println("watching nothing");
                    }
                });
        main.run();
    }
}
