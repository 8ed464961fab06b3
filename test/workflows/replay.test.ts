import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { sharedBundle } from '../support/shared-services.js';

const FOLDER = fileURLToPath(new URL('../../../test/histories/', import.meta.url));
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

describe('saved histories', () => {
  it('are there, one a path at least', () => assert.ok(files.length >= 19));

  for (const file of files) {
    it(`${file.replace('.json', '')} replays`, async () => {
      const history: unknown = JSON.parse(readFileSync(`${FOLDER}${file}`, 'utf8'));
      await Worker.runReplayHistory(
        { workflowBundle: await sharedBundle() },
        history,
        'onboarding-replayed-1',
      );
    });
  }

  it('would fail on code that does something else', async () => {
    const history = readFileSync(`${FOLDER}happy-path.json`, 'utf8').replaceAll('sendMail', 'sendPigeon');
    await assert.rejects(
      Worker.runReplayHistory(
        { workflowBundle: await sharedBundle() },
        JSON.parse(history),
        'onboarding-replayed-1',
      ),
      /[Nn]ondeterminism/,
    );
  });
});
