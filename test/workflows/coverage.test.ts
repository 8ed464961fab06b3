import assert from 'node:assert/strict';
import { missing, WANTED } from '../support/histories/coverage.js';
import { PATHS } from '../support/histories/paths/index.js';
import { savedNames, told } from '../support/histories/saved.js';

/** Those of an operator's own running workflows (docs/operations.md, Upgrading) prove nothing of ours. */
const saved = savedNames()
  .filter((name) => !name.startsWith('running-'))
  .map((name) => told(name));

/** Taken before that was looked at. It replays; another one that is whole stands beside it. */
const CUT = ['reminded-of-the-number'];

describe('the saved histories hold', () => {
  for (const [what, wanted] of Object.entries(WANTED)) {
    it(what, () => assert.deepEqual(missing(wanted, saved), []));
  }

  it('every path that npm run histories walks', () => {
    const names = new Set(saved.map(({ name }) => name));
    const unsaved = Object.entries(PATHS).flatMap(([name, { saves = [name] }]) => saves);
    assert.deepEqual(
      unsaved.filter((name) => !names.has(name)),
      [],
    );
  });

  it('whole tasks only', () => {
    assert.deepEqual(
      saved.filter(({ cut }) => cut).map(({ name }) => name),
      CUT,
    );
  });
});

describe('a history that is missing', () => {
  const without = (...names: string[]) => saved.filter(({ name }) => !names.includes(name));
  const all = Object.values(WANTED).flat();

  it('is noticed, whether it is of a stage, an activity or an end', () => {
    assert.deepEqual(missing(all, without('erased-while-blocked')), ['blocked → erased']);
    assert.deepEqual(missing(all, without('round-of-filing')), ['workflow filing', 'activity fileOnce']);
    assert.deepEqual(missing(all, without('block-on-the-queue')), [
      'activity block',
      'activity block, local, failed',
    ]);
  });

  it('is noticed for a stage, a mail and a step that the code has not had', () => {
    const added = ['blocked → enrolling', 'mail welcome', 'activity forget, local'];
    assert.deepEqual(missing([...all, ...added], saved), added);
  });
});
