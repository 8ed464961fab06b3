/** Does `work` `times` times, `atOnce` of them at any moment; @returns how many were done a second. */
export async function rateOf(input: {
  times: number;
  atOnce: number;
  work: () => Promise<unknown>;
}): Promise<number> {
  const { times, atOnce, work } = input;
  let begun = 0;
  const one = async () => {
    while (begun < times) {
      begun++;
      await work();
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: atOnce }, one));
  return (times * 1_000) / (performance.now() - from);
}
