import { CsvError, type CsvErrorCode, parse } from 'csv-parse';
import { DomainError } from './errors.js';
import { MOST_ROWS, newInvitation } from './rest/schemas.js';

const COLUMNS = Object.keys(newInvitation.shape);
/** A quote that is never closed swallows the rest of the file: it is given up long before. */
const LONGEST_RECORD = 16_000;

const FAULTS: Partial<Record<CsvErrorCode, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'a quote is closed in the middle of a field',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'a quote is closed in the middle of a field',
  INVALID_OPENING_QUOTE: 'a quote is opened in the middle of a field',
  CSV_MAX_RECORD_SIZE: 'a row is too long; perhaps a quote is never closed',
};

/**
 * Rows of a CSV file (RFC 4180) as objects, by the names in its first line: UTF-8 with or without a byte order mark, any line
 * ends, commas, or what spreadsheets of other countries write: semicolons or tabs. An empty field is an absent one.
 * A row with another number of fields than the first line is `null`, and refused by whoever reads it.
 * @throws DomainError `bad-request`: it names the line, or the column that there is not
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
      else if (rows.length === MOST_ROWS) throw fault(`at most ${MOST_ROWS} rows`);
      else rows.push(rowOf(record, columns));
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error;
    throw fault(`line ${typeof lines === 'number' ? lines : '?'}: ${FAULTS[error.code] ?? 'no CSV'}`);
  }
  return rows;
}

/** Names in a file from a spreadsheet of another encoding would be garbled in silence. */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fault('it must be UTF-8');
  }
}

function columnsIn(record: readonly string[]): string[] {
  for (const name of record) {
    if (!COLUMNS.includes(name))
      throw fault(`there is no column ${nameable(name)}; there are ${COLUMNS.join(', ')}`);
  }
  if (new Set(record).size < record.length) throw fault('a column stands there twice');
  if (!record.includes('email')) throw fault('the column email is missing');
  return [...record];
}

function rowOf(record: readonly string[], columns: readonly string[]): Record<string, string> | null {
  if (record.length !== columns.length) return null;
  return Object.fromEntries(
    columns.map((name, n): [string, string] => [name, record[n] ?? '']).filter(([, text]) => text !== ''),
  );
}

/** Where the first line is missing its first field is somebody's address: that is not repeated. */
const nameable = (name: string): string => (/^[\w -]{1,40}$/.test(name) ? `"${name}"` : 'like that');

const fault = (what: string): DomainError => new DomainError('bad-request', { detail: `CSV: ${what}` });
