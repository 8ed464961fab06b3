import { createPasswords } from '../../api/passwords.js';
import { COUNTS } from '../counts.js';
import { PASSWORD } from '../journey.js';
import { median } from '../statistics.js';

const passwords = createPasswords({ brandName: 'Huma' });

/** One password hash with the service's own parameters, in this process. */
export const hashOnce = (): Promise<string> => passwords.hash(PASSWORD);

/** What it takes, in milliseconds of a processor. */
export async function measureHash(): Promise<{ cpu: number }> {
  const times: number[] = [];
  await hashOnce();
  for (let nth = 0; nth < COUNTS.hashes; nth++) {
    const before = process.cpuUsage();
    await hashOnce();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1_000);
  }
  return { cpu: median(times) };
}
