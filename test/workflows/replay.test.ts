import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { WORKFLOW_BUNDLE } from '../../worker/workers.js';
import { quietRuntime } from '../support/shared-services.js';

const FOLDER = fileURLToPath(new URL('../../../test/histories/', import.meta.url));
const workflowBundle = { codePath: WORKFLOW_BUNDLE };
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

describe('saved histories', () => {
  before(quietRuntime);

  it('are there, one a path at least', () => assert.ok(files.length >= 26));

  it('tell nothing of the machine that saved them', () => {
    // Those of an operator's own running workflows (docs/operations.md, Upgrading) stay where they were made.
    const ours = files.filter((file) => !file.startsWith('running-'));
    const told = ours.filter((file) => readFileSync(`${FOLDER}${file}`, 'utf8').includes('stackTrace'));
    assert.deepEqual(told, []);
  });

  for (const file of files) {
    it(`${file.replace('.json', '')} replays`, async () => {
      const history: unknown = JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8'));
      await Worker.runReplayHistory({ workflowBundle }, history, 'onboarding-replayed-1');
    });
  }

  it('would fail on code that does something else', async () => {
    const history = readFileSync(`${FOLDER}happy-path.json`, 'utf8').replaceAll('sendMail', 'sendPigeon');
    await assert.rejects(
      Worker.runReplayHistory({ workflowBundle }, JSON.parse(history), 'onboarding-replayed-1'),
      /[Nn]ondeterminism/,
    );
  });
});
