import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Leaves the addresses of the running service in `<dataDir>/settings.json` (mode 600), where `npm run admin` finds them, with
 * the process that vouches for them: after a crash the file stays, but nobody has that number.
 */
export function leaveSettings(dataDir: string, settings: Record<string, string>): { stop(): Promise<void> } {
  const file = join(dataDir, 'settings.json');
  writeFileSync(file, JSON.stringify({ pid: process.pid, settings }, null, 2), { mode: 0o600 });
  return {
    async stop() {
      rmSync(file, { force: true });
    },
  };
}
