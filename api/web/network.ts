import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/** The part of the caller's network address that whoever is there cannot choose: of IPv6 the first 64 bits (RFC 6177), of IPv4 all. */
export function networkOf({ ip = '' }: Pick<Request, 'ip'>): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (!('parts' in address)) return address.toString();
  return address.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':');
}
