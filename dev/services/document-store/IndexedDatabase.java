import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** A database whose queries look into every index. The library's own makes and asks the unique ones alone. */
class IndexedDatabase extends H2Database {
    private final MVStore store;

    IndexedDatabase(String name, MVStore store, CursorRegistry cursors) {
        super(name, store, cursors);
        this.store = store;
        initializeNamespacesAndIndexes();
    }

    /** The library opens the collections of a file in its constructor: too early, while `store` is not known yet. */
    @Override
    protected void initializeNamespacesAndIndexes() {
        if (store != null) super.initializeNamespacesAndIndexes();
    }

    /** The names of the maps are the library's. */
    @Override
    protected MongoCollection<Object> openOrCreateCollection(String name, CollectionOptions options) {
        String fullName = getFullCollectionNamespace(name);
        MVMap<Object, Document> documents = store.openMap("databases." + fullName);
        MVMap<String, Object> facts = store.openMap("meta." + fullName);
        return new IndexedCollection(this, name, options, documents, facts, cursorRegistry);
    }

    @Override
    protected Index<Object> openOrCreateSecondaryIndex(String collection, String name, List<IndexKey> keys, boolean sparse) {
        return new SecondaryIndex(name, keys);
    }
}
