import { CsvError, type CsvErrorCode, parse } from 'csv-parse';
import { DomainError } from './errors.js';
import { MOST_ROWS, newInvitation } from './rest/schemas.js';

const COLUMNS = Object.keys(newInvitation.shape);
/** A quote that is never closed swallows the rest of the file: it is given up long before. */
const LONGEST_RECORD = 16_000;

/** What can be wrong with a list as a whole, as API and log say it; pages have words of their own (`errors.list-…`). */
const FAULTS = {
  'quote-open': 'a quote is never closed',
  'quote-inside': 'a quote is opened or closed in the middle of a field',
  'row-too-long': 'a row is too long; perhaps a quote is never closed',
  'not-csv': 'no CSV',
  'too-many-rows': `at most ${MOST_ROWS} rows`,
  'not-utf-8': 'it must be UTF-8',
  'unknown-column': 'there is no such column',
  'no-column-names': 'the first line must name the columns',
  'column-twice': 'a column stands there twice',
  'no-email-column': 'the column email is missing',
};
export type Fault = keyof typeof FAULTS;

const FAULT_OF: Partial<Record<CsvErrorCode, Fault>> = {
  CSV_QUOTE_NOT_CLOSED: 'quote-open',
  CSV_INVALID_CLOSING_QUOTE: 'quote-inside',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'quote-inside',
  INVALID_OPENING_QUOTE: 'quote-inside',
  CSV_MAX_RECORD_SIZE: 'row-too-long',
};

/** A list that cannot be read as a whole. */
export class UnreadableList extends DomainError {
  constructor(
    readonly fault: Fault,
    readonly values: { line?: number; column?: string; columns?: string; most?: number } = {},
    detail: string = FAULTS[fault],
  ) {
    super('bad-request', { detail: `CSV: ${detail}` });
  }
}

/**
 * Rows of a CSV file (RFC 4180) as objects, by the names in its first line: UTF-8 with or without a byte order mark, any line
 * ends, commas, or what spreadsheets of other countries write: semicolons or tabs. An empty field is an absent one.
 * A row with another number of fields than the first line is `null`, and refused by whoever reads it.
 * @throws UnreadableList it names the line, or the column that there is not
 */
export async function rowsOfCsv(bytes: Buffer): Promise<unknown[]> {
  const text = decoded(bytes);
  const [first = ''] = text.split(/\r|\n/, 1);
  const parser = parse(text, {
    delimiter: [',', ';', '\t'].find((each) => first.includes(each)) ?? ',',
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    trim: true,
    max_record_size: LONGEST_RECORD,
  });
  let columns: string[] | undefined;
  const rows: unknown[] = [];
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (!columns) columns = columnsIn(record);
      else if (rows.length === MOST_ROWS) throw new UnreadableList('too-many-rows', { most: MOST_ROWS });
      else rows.push(rowOf(record, columns));
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : 1;
    const fault = FAULT_OF[error.code] ?? 'not-csv';
    throw new UnreadableList(fault, { line }, `line ${line}: ${FAULTS[fault]}`);
  }
  return rows;
}

/** Names in a file from a spreadsheet of another encoding would be garbled in silence. */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableList('not-utf-8');
  }
}

function columnsIn(record: readonly string[]): string[] {
  for (const name of record) {
    if (COLUMNS.includes(name)) continue;
    const columns = COLUMNS.join(', ');
    // Where the first line is missing its first field is somebody's address: that is not repeated.
    const isName = /^[\w -]{1,40}$/.test(name);
    throw isName
      ? new UnreadableList(
          'unknown-column',
          { column: name, columns },
          `there is no column "${name}"; there are ${columns}`,
        )
      : new UnreadableList(
          'no-column-names',
          { columns },
          `there is no column like that; there are ${columns}`,
        );
  }
  if (new Set(record).size < record.length) throw new UnreadableList('column-twice');
  if (!record.includes('email')) throw new UnreadableList('no-email-column');
  return [...record];
}

function rowOf(record: readonly string[], columns: readonly string[]): Record<string, string> | null {
  if (record.length !== columns.length) return null;
  return Object.fromEntries(
    columns.map((name, n): [string, string] => [name, record[n] ?? '']).filter(([, text]) => text !== ''),
  );
}
