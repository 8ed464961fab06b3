import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.backend.ValueComparator;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which documents have which value in the first field of an index. In memory, made anew at each start. */
class SecondaryIndex extends Index<Object> {
    private final NavigableMap<Object, Set<Object>> idsByValue = new TreeMap<>(ValueComparator.asc());

    /** Sparse: of any other kind the library expects the position of every document. */
    SecondaryIndex(String name, List<IndexKey> keys) {
        super(name, keys, true);
    }

    @Override
    public boolean canHandle(Document query) {
        if (query.size() != 1) return false;
        Object asked = query.get(field());
        return asked instanceof Document operators ? operators.entrySet().stream().anyMatch(this::narrows) : isScalar(asked);
    }

    private boolean narrows(Map.Entry<String, Object> operation) {
        Object operand = operation.getValue();
        return switch (operation.getKey()) {
            case "$eq", "$lt", "$lte", "$gt", "$gte" -> isScalar(operand);
            case "$in" -> ((Collection<?>) operand).stream().allMatch(SecondaryIndex::isScalar);
            case "$exists" -> Boolean.TRUE.equals(operand);
            default -> false;
        };
    }

    /** Of several conditions on the field one is used: the others are held against what it finds. */
    @Override
    public Iterable<Object> getPositions(Document query) {
        Object asked = query.get(field());
        if (!(asked instanceof Document operators)) return with(List.of(asked));
        var operation = operators.entrySet().stream().filter(this::narrows).findFirst().orElseThrow();
        Object operand = operation.getValue();
        return with(switch (operation.getKey()) {
            case "$eq" -> List.of(operand);
            case "$in" -> (Collection<?>) operand;
            case "$lt", "$lte" -> idsByValue.headMap(operand, true).keySet();
            case "$gt", "$gte" -> idsByValue.tailMap(operand, true).keySet();
            default -> idsByValue.keySet();
        });
    }

    private Set<Object> with(Collection<?> values) {
        Set<Object> ids = new LinkedHashSet<>();
        for (Object value : values) ids.addAll(idsByValue.getOrDefault(value, Set.of()));
        return ids;
    }

    private static boolean isScalar(Object value) {
        return value instanceof String || value instanceof Number || value instanceof Boolean
            || value instanceof Instant || value instanceof ObjectId;
    }

    @Override
    public void add(Document document, Object position, MongoCollection<Object> collection) {
        for (Object value : valuesOf(document)) idsByValue.computeIfAbsent(value, none -> new HashSet<>()).add(position);
    }

    @Override
    public Object remove(Document document) {
        for (Object value : valuesOf(document)) {
            idsByValue.computeIfPresent(value, (same, ids) -> {
                ids.remove(document.get("_id"));
                return ids.isEmpty() ? null : ids;
            });
        }
        return null;
    }

    @Override
    public void updateInPlace(Document before, Document after, Object position, MongoCollection<Object> collection) {
        remove(before);
        add(after, position, collection);
    }

    private Set<Object> valuesOf(Document document) {
        return getKeyValues(document).stream().map(key -> key.get(0))
            .filter(Missing::isNeitherNullNorMissing).collect(Collectors.toSet());
    }

    private String field() {
        return getKeys().get(0).getKey();
    }

    @Override
    public long getCount() {
        return idsByValue.values().stream().mapToLong(Set::size).sum();
    }

    @Override
    public long getDataSize() {
        return getCount();
    }

    /** The library asks a unique index for it. */
    @Override
    public Object getPosition(Document document) {
        return null;
    }

    @Override
    public void checkAdd(Document document, MongoCollection<Object> collection) {
        // Nothing is refused.
    }

    @Override
    public void checkUpdate(Document before, Document after, MongoCollection<Object> collection) {
        // Nothing is refused.
    }

    @Override
    public void drop() {
        idsByValue.clear();
    }
}
