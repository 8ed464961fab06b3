import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Report } from './supervisor.js';

const run = promisify(execFile);

/** Brings the database to this version, as an operator does: by the command. */
export async function migrate(input: {
  uri: string;
  env: NodeJS.ProcessEnv;
  cwd: string;
  report: Report;
}): Promise<void> {
  const { uri, env, cwd, report } = input;
  const args = ['--enable-source-maps', 'dist/admin/main.js', 'migrate'];
  const { stdout } = await run(process.execPath, args, { cwd, env: { ...env, MONGODB_URI: uri } });
  for (const line of stdout.split('\n').filter((each) => each.startsWith('Migrating'))) report(line);
}
