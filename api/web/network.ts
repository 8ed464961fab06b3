import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

type Caller = Pick<Request, 'ip'>;

/** The part of the caller's network address that whoever is there cannot choose: of IPv6 the first 64 bits (RFC 6177), of IPv4 all. */
export const networkOf = (caller: Caller): string => prefixOf(caller, 64);

/** What a site is given at most (RFC 6177): of IPv6 the first 48 bits, so 65,536 networks are one; of IPv4 all. */
export const siteOf = (caller: Caller): string => prefixOf(caller, 48);

function prefixOf({ ip = '' }: Caller, bits: 48 | 64): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (!('parts' in address)) return address.toString();
  return address.parts
    .slice(0, bits / 16)
    .map((part) => part.toString(16))
    .join(':');
}
