import assert from 'node:assert/strict';
import { networkOf, siteOf } from '../../api/web/network.js';

describe('the network of a caller', () => {
  it('is all of an IPv4 address, also where it is written as IPv6', () => {
    assert.equal(networkOf({ ip: '192.0.2.7' }), '192.0.2.7');
    assert.equal(networkOf({ ip: '::ffff:192.0.2.7' }), '192.0.2.7');
  });

  it('is the first 64 bits of an IPv6 address, however it is written', () => {
    assert.equal(networkOf({ ip: '2001:db8:0:1:aaaa:bbbb:cccc:dddd' }), '2001:db8:0:1');
    assert.equal(networkOf({ ip: '2001:0db8:0000:0001::9' }), '2001:db8:0:1');
    assert.equal(networkOf({ ip: '2001:db8::1' }), '2001:db8:0:0');
    assert.equal(networkOf({ ip: 'fe80::1:2:3:4%eth0' }), 'fe80:0:0:0');
    assert.equal(networkOf({ ip: '::1' }), '0:0:0:0');
  });

  it('belongs to a site: of an IPv6 address the first 48 bits, of IPv4 all', () => {
    for (const ip of ['2001:db8:5:1::9', '2001:db8:5:ffff:1:2:3:4'])
      assert.equal(siteOf({ ip }), '2001:db8:5');
    assert.equal(siteOf({ ip: '192.0.2.7' }), '192.0.2.7');
  });

  it('is what there is where it is no address', () => {
    assert.equal(networkOf({ ip: undefined }), '');
    assert.equal(networkOf({ ip: 'unknown' }), 'unknown');
  });
});
