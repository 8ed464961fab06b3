export type Row = readonly (string | number)[];

/** Rows under a heading, columns aligned: text to the left, figures to the right. */
export function table(head: readonly string[], rows: readonly Row[]): string {
  const lines = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const isFigure = head.map((_, column) =>
    rows.every((row) => /^[\d.,%–-]*$/.test(String(row[column] ?? ''))),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          isFigure[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}

export const ms = (milliseconds: number): string => milliseconds.toFixed(milliseconds < 10 ? 1 : 0);
export const seconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(1);
export const share = (part: number): string => `${(part * 100).toFixed(0)}%`;
export const ratio = (value: number): string => value.toFixed(2);
export const rate = (perSecond: number): string => perSecond.toFixed(perSecond < 20 ? 1 : 0);
