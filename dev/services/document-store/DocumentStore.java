import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.h2.mvstore.MVStore;

/** Local stand-in for MongoDB: arguments are a file and a port on 127.0.0.1. */
public class DocumentStore extends H2Backend {
    private static final Set<String> WRITES = Set.of("insert", "update", "delete", "findAndModify", "findandmodify",
        "create", "createIndexes", "drop", "dropDatabase", "dropIndexes", "deleteIndexes", "renameCollection");

    /**
     * Writers alone, readers and commits side by side. The library hands out its live documents, so that without this
     * an answer could show half of an update, and a commit could save half of one. It also fails when two writers
     * create a collection at once. Fair, so that writers who queued while a commit ran all go before the next commit.
     */
    private final ReentrantReadWriteLock documents = new ReentrantReadWriteLock(true);
    private final ReentrantLock committing = new ReentrantLock(true);
    private final AtomicLong written = new AtomicLong();
    private volatile long committed;

    DocumentStore(MVStore store) {
        super(store);
        // The current driver refuses what calls itself older than 4.2.
        version(new MongoVersion() {
            @Override public List<Integer> getVersionArray() { return List.of(5, 0, 0); }
            @Override public int getWireVersion() { return 13; }
        });
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
        return new IndexedDatabase(name, getMvStore(), getCursorRegistry());
    }

    /** The name that MongoDB 5 gave to `isMaster`; the library knows the old one only. Its answer has the time here. */
    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query) {
        return super.handleCommand(channel, database, "hello".equals(command) ? "isMaster" : command, query);
    }

    /** Nothing is answered before it is in the file, so that no kill can take back what anyone has seen. */
    @Override
    public Document handleMessage(MongoMessage message) {
        boolean writes = WRITES.contains(message.getDocument().keySet().iterator().next());
        Lock lock = writes ? documents.writeLock() : documents.readLock();
        long seen = 0;
        try {
            lock.lock();
            try {
                return super.handleMessage(message).cloneDeeply();
            } finally {
                seen = writes ? written.incrementAndGet() : written.get();
                lock.unlock();
            }
        } finally {
            commitUpTo(seen);
        }
    }

    /** One commit serves all who wait for it. */
    private void commitUpTo(long seen) {
        if (committed >= seen) return;
        committing.lock();
        try {
            if (committed < seen) committed = withoutWriters(() -> {
                long last = written.get();
                commit();
                return last;
            });
        } finally {
            committing.unlock();
        }
    }

    /** Without this the file grows with every commit. */
    private void compact() {
        withoutWriters(() -> getMvStore().compact(50, 4 * 1024 * 1024));
    }

    private <T> T withoutWriters(Supplier<T> work) {
        documents.readLock().lock();
        try {
            return work.get();
        } finally {
            documents.readLock().unlock();
        }
    }

    public static void main(String[] args) {
        // No commits of its own, neither by time nor by size.
        var file = new MVStore.Builder().fileName(args[0]).autoCommitDisabled().autoCommitBufferSize(0);
        DocumentStore store = new DocumentStore(file.open());
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
