import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { validateV3Signature } from 'plivo';
import { isGenuine, parseDeliveryReport } from '../../api/callbacks/plivo-signature.js';

const vector = {
  publicUrl: 'https://onboard.example.org',
  path: '/webhooks/plivo/status',
  authToken: 'my_auth_token',
  params: {
    From: '447700900999',
    MessageUUID: '7f0b1a52-0000-11ef-8f1c-0242ac110002',
    Sequence: '2',
    Status: 'delivered',
    To: '447700900123',
    Units: '1',
  },
  headers: {
    'x-plivo-signature-v3': 'H1c4SB1oB0IJurDZLgSph1bK8l/vLPFyAYKlsLjTAsk=',
    'x-plivo-signature-v3-nonce': '12345',
  },
};
const url = `${vector.publicUrl}${vector.path}`;

describe("Plivo's signature", () => {
  it('accepts the test vector, as the official validator does', () => {
    const { authToken, headers, params } = vector;
    const official = validateV3Signature(
      'POST',
      url,
      '12345',
      authToken,
      headers['x-plivo-signature-v3'],
      params,
    );
    assert.equal(official, true);
    assert.equal(isGenuine(vector), true);
  });

  it('accepts a public address with a slash at its end', () => {
    assert.equal(isGenuine({ ...vector, publicUrl: 'https://onboard.example.org/' }), true);
  });

  it('accepts either token while one rotates, and several signatures in one header', () => {
    assert.equal(isGenuine({ ...vector, authToken: ['next', 'my_auth_token'] }), true);
    assert.equal(isGenuine({ ...vector, authToken: ['next', 'after next'] }), false);
    const both = `AAAA,${vector.headers['x-plivo-signature-v3']}`;
    const headers = { ...vector.headers, 'x-plivo-signature-v3': both };
    assert.equal(isGenuine({ ...vector, headers }), true);
  });

  it('never accepts an empty token, whatever was signed with it', () => {
    const signed = `${url}?Units1.9`;
    const headers = {
      'x-plivo-signature-v3': createHmac('sha256', '').update(signed).digest('base64'),
      'x-plivo-signature-v3-nonce': '9',
    };
    assert.equal(isGenuine({ ...vector, headers, params: { Units: '1' }, authToken: '' }), false);
    assert.equal(isGenuine({ ...vector, authToken: [] }), false);
  });

  const { 'x-plivo-signature-v3': signature, 'x-plivo-signature-v3-nonce': nonce } = vector.headers;
  const forgeries: [string, Partial<Parameters<typeof isGenuine>[0]>][] = [
    ['no headers', { headers: {} }],
    ['no nonce', { headers: { 'x-plivo-signature-v3': signature } }],
    ['no signature', { headers: { 'x-plivo-signature-v3-nonce': nonce } }],
    ['another nonce', { headers: { ...vector.headers, 'x-plivo-signature-v3-nonce': '12346' } }],
    [
      'a shortened signature',
      { headers: { ...vector.headers, 'x-plivo-signature-v3': signature.slice(0, -1) } },
    ],
    ['an empty signature', { headers: { ...vector.headers, 'x-plivo-signature-v3': '' } }],
    ['another path', { path: '/webhooks/plivo/statuses' }],
    ['a query', { path: '/webhooks/plivo/status?x=1' }],
    ['another origin', { publicUrl: 'https://evil.example.org' }],
    ['a changed value', { params: { ...vector.params, Status: 'failed' } }],
    ['a missing parameter', { params: { ...vector.params, Units: undefined } }],
    ['an unknown parameter', { params: { ...vector.params, Evil: '' } }],
    ['a repeated parameter', { params: { ...vector.params, Status: ['delivered'] } }],
    ['an inherited name', { params: { ...vector.params, constructor: 'x' } }],
    ['an empty body', { params: {} }],
    ['no body', { params: undefined }],
  ];
  for (const [what, part] of forgeries) {
    it(`refuses ${what} without throwing`, () => {
      assert.equal(isGenuine({ ...vector, ...part }), false);
    });
  }

  it('refuses the same signed bytes cut into another name, which the official validator accepts', () => {
    const { Sequence, ...rest } = vector.params;
    const params = { ...rest, [`Sequence${Sequence}`]: '' };
    assert.ok(validateV3Signature('POST', url, nonce, vector.authToken, signature, { ...params }));
    assert.equal(isGenuine({ ...vector, params }), false);
  });

  it('agrees with the official validator on random reports, true and forged', () => {
    const names = [
      'From',
      'To',
      'MessageUUID',
      'Status',
      'Sequence',
      'Units',
      'ErrorCode',
      'TotalRate',
      'MCC',
    ];
    const ascii = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 });
    const random = fc.record({
      host: fc.constantFrom(
        'http://localhost:3000',
        'https://onboard.example.org',
        'https://a.b-c.test:8443',
      ),
      id: fc.stringMatching(/^[a-z0-9-]{1,30}$/),
      nonce: fc.stringMatching(/^\d{1,20}$/),
      token: ascii,
      params: fc.dictionary(fc.constantFrom(...names), fc.string({ maxLength: 30 }), { minKeys: 1 }),
      forged: fc.boolean(),
    });
    fc.assert(
      fc.property(random, ({ host, id, nonce, token, params, forged }) => {
        const path = `/callbacks/plivo/message-status/${id}`;
        const joined = Object.keys(params)
          .sort()
          .map((name) => `${name}${params[name]}`)
          .join('');
        const signed = `${host}${path}?${joined}${forged ? 'x' : ''}.${nonce}`;
        const signature = createHmac('sha256', token).update(signed).digest('base64');
        const headers = { 'x-plivo-signature-v3': signature, 'x-plivo-signature-v3-nonce': nonce };

        const ours = isGenuine({ publicUrl: host, path, headers, params, authToken: token });

        assert.equal(ours, validateV3Signature('POST', `${host}${path}`, nonce, token, signature, params));
        assert.equal(ours, !forged);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a delivery report', () => {
  it('is read into what we use of it', () => {
    assert.deepEqual(parseDeliveryReport(vector.params), {
      messageUuid: '7f0b1a52-0000-11ef-8f1c-0242ac110002',
      status: 'delivered',
      sequence: 2,
      charge: { units: 1, cost: 0, country: 'unknown' },
    });
    const failed = { ...vector.params, Status: 'undelivered', ErrorCode: '50' };
    assert.equal(parseDeliveryReport(failed)?.errorCode, '50');
    assert.equal(parseDeliveryReport({ ...vector.params, ErrorCode: '000' })?.errorCode, undefined);
    assert.equal(parseDeliveryReport({ ...vector.params, To: '447700900***' })?.status, 'delivered');
  });

  const wrong: [string, unknown][] = [
    ['an unknown state', { ...vector.params, Status: 'read' }],
    ['a repeated state', { ...vector.params, Status: ['sent', 'delivered'] }],
    ['an unknown parameter', { ...vector.params, Evil: '1' }],
    ['an operator for an id', { ...vector.params, MessageUUID: { $ne: null } }],
    ['a code that is no number', { ...vector.params, ErrorCode: '<b>' }],
    ['no recipient', { ...vector.params, To: undefined }],
    ['nothing', undefined],
  ];
  for (const [what, params] of wrong) {
    it(`is refused with ${what}`, () => {
      assert.equal(parseDeliveryReport(params), undefined);
    });
  }
});
