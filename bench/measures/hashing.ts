import { createPasswords } from '../../api/passwords.js';
import { COUNTS } from '../counts.js';
import { PASSWORD } from '../journey.js';
import { median } from '../statistics.js';

/** What one password hash takes with the service's own parameters, in milliseconds of a processor. */
export async function measureHash(): Promise<{ cpu: number }> {
  const passwords = createPasswords({ brandName: 'Huma' });
  const times: number[] = [];
  await passwords.hash(PASSWORD);
  for (let nth = 0; nth < COUNTS.hashes; nth++) {
    const before = process.cpuUsage();
    await passwords.hash(PASSWORD);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1_000);
  }
  return { cpu: median(times) };
}
