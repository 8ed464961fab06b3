import { writeFileSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { WORKFLOW_BUNDLE } from './workers.js';

/** Part of `npm run build`: puts the workflows into the one file that every worker runs, so that none has to at its start. */
const pathOf = (module: string) => new URL(`../workflows/${module}.js`, import.meta.url).pathname;

const { code } = await bundleWorkflowCode({
  workflowsPath: pathOf('index'),
  // What stands around every workflow, whether traces are on or not.
  workflowInterceptorModules: [pathOf('carrying')],
  logger: new DefaultLogger('WARN'),
});
writeFileSync(WORKFLOW_BUNDLE, code);
