/** One part of the report: a table, and what must be known to read it. */
export interface Section {
  title: string;
  table: string;
  notes: readonly string[];
}

export function printed({ title, table, notes }: Section): string {
  return ['', title, '', table, '', ...notes.map((note) => `  ${note}`), ''].join('\n');
}
