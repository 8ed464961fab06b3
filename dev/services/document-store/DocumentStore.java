import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.mvstore.MVStore;

/** Local stand-in for MongoDB: arguments are a file and a port on 127.0.0.1. */
public class DocumentStore extends H2Backend {
    private static final Set<String> WRITES = Set.of("insert", "update", "delete", "findAndModify", "findandmodify",
        "create", "createIndexes", "drop", "dropDatabase", "dropIndexes", "deleteIndexes", "renameCollection");

    /** Fair, so that writers who queued while a commit ran all get their turn before the next commit. */
    private final ReentrantLock writing = new ReentrantLock(true);
    private final ReentrantLock committing = new ReentrantLock(true);
    private final AtomicLong written = new AtomicLong();
    private long committed;

    DocumentStore(MVStore store) {
        super(store);
        // The current driver refuses what calls itself older than 4.2.
        version(new MongoVersion() {
            @Override public List<Integer> getVersionArray() { return List.of(5, 0, 0); }
            @Override public int getWireVersion() { return 13; }
        });
    }

    /** A write is answered only once it is in the file, so that no kill can take back what was acknowledged. */
    @Override
    public Document handleMessage(MongoMessage message) {
        String command = message.getDocument().keySet().iterator().next();
        if (!WRITES.contains(command)) return super.handleMessage(message);
        long ticket = 0;
        try {
            // One write at a time: the library fails when two of them create a collection at once.
            writing.lock();
            try {
                return super.handleMessage(message);
            } finally {
                ticket = written.incrementAndGet();
                writing.unlock();
            }
        } finally {
            commitUpTo(ticket);
        }
    }

    /** One commit serves all writers that wait for it, and never falls into the middle of a write. */
    private void commitUpTo(long ticket) {
        committing.lock();
        try {
            if (committed >= ticket) return;
            writing.lock();
            try {
                long last = written.get();
                commit();
                committed = last;
            } finally {
                writing.unlock();
            }
        } finally {
            committing.unlock();
        }
    }

    /** Without this the file grows with every commit. */
    private void compact() {
        writing.lock();
        try {
            getMvStore().compact(50, 4 * 1024 * 1024);
        } finally {
            writing.unlock();
        }
    }

    public static void main(String[] args) {
        DocumentStore store = new DocumentStore(new MVStore.Builder().fileName(args[0]).autoCommitDisabled().open());
        MongoServer server = new MongoServer(store);
        var compactor = Executors.newSingleThreadScheduledExecutor();
        compactor.scheduleWithFixedDelay(store::compact, 10, 10, TimeUnit.SECONDS);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            compactor.shutdown();
            server.shutdown();
        }));
        server.bind("127.0.0.1", Integer.parseInt(args[1]));
    }
}
