import de.bwaldvogel.mongo.*;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/** PORT [FILE]: serves on 127.0.0.1, from memory or a file, until its standard input ends. */
class TestMongoServer {
  /** The oldest wire version that drivers of today talk to. */
  record Version(List<Integer> getVersionArray, int getWireVersion) implements MongoVersion {}

  public static void main(String[] args) throws Exception {
    var version = new Version(List.of(5, 0, 0), 13);
    var backend = args.length > 1 ? new H2Backend(args[1]).version(version) : new MemoryBackend().version(version);
    var server = new MongoServer(backend);
    server.bind("127.0.0.1", Integer.parseInt(args[0]));
    System.out.println("ready");
    while (System.in.read() >= 0) {}
    server.shutdownNow();
  }
}
