/** The value that a share (0 to 1) of the sample does not exceed: nearest rank, so always one that was measured. */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('There is no percentile of nothing');
  return value;
}

export const median = (sample: readonly number[]): number => percentile(sample, 0.5);

export const sum = (sample: readonly number[]): number => sample.reduce((total, each) => total + each, 0);
