import assert from 'node:assert/strict';
import { Worker } from '@temporalio/worker';
import { WORKFLOW_BUNDLE } from '../../worker/workers.js';
import { savedNames, savedText, told } from '../support/histories/saved.js';
import { quietRuntime } from '../support/shared-services.js';

const workflowBundle = { codePath: WORKFLOW_BUNDLE };
const replay = (text: string): Promise<void> =>
  Worker.runReplayHistory({ workflowBundle }, JSON.parse(text), 'onboarding-replayed-1');
const names = savedNames();

/** What they are to hold is in coverage.test.ts. */
describe('saved histories', () => {
  before(quietRuntime);

  it('tell nothing of the machine that saved them', () => {
    // Those of an operator's own running workflows (docs/operations.md, Upgrading) stay where they were made.
    const ours = names.filter((name) => !name.startsWith('running-'));
    assert.deepEqual(
      ours.filter((name) => savedText(name).includes('stackTrace')),
      [],
    );
  });

  for (const name of names) it(`${name} replays`, () => replay(savedText(name)));

  it('replay alike with the spans that they carried and without', async () => {
    const carried = savedText('traced-nudges');
    const withoutHeaders = (key: string, value: unknown) => (key === 'header' ? undefined : value);
    const bare = JSON.stringify(JSON.parse(carried, withoutHeaders));
    assert.ok(told('traced-nudges', carried).tracedSignals > 0);
    assert.equal(told('traced-nudges', bare).tracedSignals, 0);
    await replay(bare);
  });

  it('would fail on code that does something else', async () => {
    await assert.rejects(
      replay(savedText('happy-path').replaceAll('sendMail', 'sendPigeon')),
      /[Nn]ondeterminism/,
    );
  });
});
