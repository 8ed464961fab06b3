import assert from 'node:assert/strict';
import type { z } from 'zod';
import { OPERATIONS } from '../../api/rest/operations.js';
import { personAt } from '../security/people.js';
import { newEmail } from '../support/journey.js';
import { startWorld, type World } from '../support/world.js';
import { call } from './calls.js';

/** Of the kinds in the big list of naughty strings: what has broken parsers, databases, shells, logs and pages before. */
const NAUGHTY = [
  '',
  ' ',
  'undefined',
  'null',
  'NaN',
  '-1',
  '1e309',
  '0x0',
  '१२३',
  '999999999999999999999999',
  '\u0000',
  'a\u0000b',
  '\u0001\u0008\u007f\u0085',
  '\ufeff',
  '\u202e\u2066rtl',
  '\ud800',
  '\udfff\ud83d',
  'Z̡͊͠͝ḁ̛ͪ̚l̥g͓o',
  '👩‍👩‍👧‍👦🏴‍☠️',
  'ﷺ'.repeat(20),
  '田中さんにあげて下さい',
  'Ω≈ç√∫˜µ≤≥÷',
  'İstanbul ıI ſ ﬁ K',
  "'; DROP TABLE onboardings; --",
  '{"$gt": ""}',
  '$where: function() { while(1); }',
  '{$ne: null}',
  '__proto__',
  'constructor.prototype',
  '../../../../etc/passwd%00',
  'file:///etc/passwd',
  '%s%x%n$(touch x)`id`',
  '{{7*7}}<%= 7*7 %>#{7*7}',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</mj-text><mj-raw>',
  'x\r\nBcc: evil@example.org',
  'x\u2028y\u2029z',
  'a'.repeat(5_000),
  '\\'.repeat(300),
  '('.repeat(100),
  '((a+)+)+$',
];
const WRONG_TYPES = [
  0,
  -1,
  1.5,
  true,
  null,
  [],
  ['a'],
  {},
  { $ne: null },
  { $gt: '' },
  { length: 3 },
  [['a']],
];

describe('naughty strings and wrong types at every field of every operation', () => {
  let world: World;
  before(async function () {
    this.timeout(60_000);
    world = await startWorld({ worker: false });
    Object.assign(world.gateway, { act: async () => undefined });
  });
  after(() => world?.stop());

  const fieldsOf = (schema: z.ZodType | undefined): string[] =>
    schema && 'shape' in schema ? Object.keys(schema.shape as object) : [];

  for (const { id: operation, path, query, body } of OPERATIONS) {
    // `call` holds every answer to what is documented for the operation: no 500 is, unless something failed.
    const valid = () => ({
      ...(fieldsOf(body).includes('email') && { email: newEmail() }),
      ...(fieldsOf(body).includes('reason') && { reason: 'because' }),
    });

    it(`${operation}: answers as documented, and 500 never`, async function () {
      this.timeout(60_000);
      const id = path.includes('{id}') ? (await personAt(world, 'expired')).id : '';
      const sane = (status: number, what: unknown) => assert.ok(status < 500, JSON.stringify(what));
      for (const name of fieldsOf(query)) {
        for (const text of NAUGHTY) {
          const encoded = `${name}=${encodeURIComponent(Buffer.from(text).toString())}`;
          sane((await call(world, operation, { id, query: encoded })).status, [name, text]);
        }
        for (const raw of ['%', '%E0%A4%A', '%ff%fe', '%00', '+', ';', '&&=']) {
          sane((await call(world, operation, { id, query: `${name}=${raw}` })).status, [name, raw]);
        }
      }
      for (const name of fieldsOf(body)) {
        for (const text of NAUGHTY) {
          const answer = await call(world, operation, { id, body: { ...valid(), [name]: text } });
          sane(answer.status, [name, text]);
        }
        for (const value of WRONG_TYPES) {
          const answer = await call(world, operation, { id, body: { ...valid(), [name]: value } });
          assert.deepEqual([name, value, answer.status], [name, value, 400]);
        }
      }
      if (!id) return;
      for (const text of NAUGHTY.filter((each) => each.trim() && each.length < 1_000)) {
        const naughtyId = encodeURIComponent(Buffer.from(text).toString());
        const given = { id: naughtyId, ...(body && { body: valid() }) };
        assert.equal((await call(world, operation, given)).status, 404, text);
      }
    });
  }
});
