/** Reads a reply without a router. */
import type { Peer } from '../../netconf/errors.ts';
import type { Operation } from '../../netconf/operations.ts';
import { readRpcErrors } from '../../netconf/rpc-error.ts';
import { readXml } from '../../netconf/xml-reader.ts';

const peer: Peer = { id: 'r-1', host: '10.0.0.1', port: 830 };

/** `content` is what stands inside `<rpc-reply>`. */
export function reading<Result>(operation: Operation<Result>, content: string): Result {
  const body = readXml(`<nc:rpc-reply xmlns:nc="urn:x" message-id="1">${content}</nc:rpc-reply>`);
  return operation.read({ peer, body, ...readRpcErrors(body) });
}
