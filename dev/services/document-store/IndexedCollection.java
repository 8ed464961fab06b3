import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Collection;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.h2.mvstore.MVMap;

/** A collection that reads of its documents only those that some index holds possible. */
class IndexedCollection extends H2Collection {
    IndexedCollection(MongoDatabase database, String name, CollectionOptions options,
                      MVMap<Object, Document> documents, MVMap<String, Object> facts, CursorRegistry cursors) {
        super(database, name, options, documents, facts, cursors);
    }

    /** The library's unique index answers for all its fields together; beside one of several stands another for the first alone. */
    @Override
    public void addIndex(Index<Object> index) {
        super.addIndex(index);
        if (index.isUnique() && index.getKeys().size() > 1)
            super.addIndex(new SecondaryIndex(besides(index.getName()), index.getKeys()));
    }

    @Override
    public void dropIndex(String name) {
        super.dropIndex(name);
        if (getIndexes().stream().anyMatch(index -> index.getName().equals(besides(name)))) super.dropIndex(besides(name));
    }

    private static String besides(String name) {
        return name + " (first field)";
    }

    /** An index says only where to look: each document found there is held against the whole query. */
    @Override
    protected QueryResult queryDocuments(Document query, Document orderBy, int skip, int limit, int batchSize, Document fields) {
        for (Document condition : conditionsOf(query)) {
            for (Index<Object> index : getIndexes()) {
                if (index.canHandle(condition))
                    return matchDocuments(query, index.getPositions(condition), orderBy, skip, limit, batchSize, fields);
            }
        }
        return matchDocuments(query, orderBy, skip, limit, batchSize, fields);
    }

    /** What holds for every document that fits: the query as a whole, then field by field, equal to one value before the rest. */
    private static List<Document> conditionsOf(Document query) {
        List<Document> conditions = new ArrayList<>(List.of(query));
        query.forEach((field, value) -> {
            if (field.equals("$and")) {
                for (Object part : (Iterable<?>) value) conditions.addAll(conditionsOf((Document) part));
            } else if (!field.startsWith("$")) {
                conditions.add(new Document(field, value));
            }
        });
        conditions.subList(1, conditions.size()).sort(Comparator.comparing(IndexedCollection::hasOperators));
        return conditions;
    }

    private static boolean hasOperators(Document condition) {
        return condition.values().stream().anyMatch(Document.class::isInstance);
    }
}
