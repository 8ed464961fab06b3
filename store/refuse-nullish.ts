import type { Query, Schema } from 'mongoose';

/**
 * MongoDB reads `{hash: undefined}` as "without a hash" and answers with whoever has none: such a filter is always a mistake.
 * @throws TypeError before the query is sent
 */
export function refuseNullish(schema: Schema): void {
  schema.pre(/^(find|update|delete|count)/, function (this: Query<unknown, unknown>) {
    const empty = Object.entries(this.getFilter()).filter(
      ([, value]) => value === undefined || value === null,
    );
    if (empty.length > 0)
      throw new TypeError(`A filter without a value: ${empty.map(([name]) => name).join(', ')}`);
  });
}
