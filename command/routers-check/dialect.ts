/** Where a router's replies differ from the documented form. gateway-saga understands all of these forms; the report names them. */

import type { Message } from './transcript.ts';

interface Deviation {
  readonly words: string;
  readonly isIn: (reply: string, operation: string) => boolean;
}

const DEVIATIONS: readonly Deviation[] = [
  {
    words: '<routing-engine> is left open',
    isIn: (reply) =>
      count(reply, /<(?:\w+:)?routing-engine>/g) > count(reply, /<\/(?:\w+:)?routing-engine>/g),
  },
  { words: 'errors or warnings are in <xnm:…>', isIn: (reply) => /<xnm:(?:error|warning)\b/.test(reply) },
  {
    words: '<source-daemon> is within <error-info>',
    isIn: (reply) => /<error-info>(?:(?!<\/error-info>)[^])*<source-daemon>/.test(reply),
  },
  {
    words: 'a failed load tells only a number of errors',
    isIn: (reply) => /<load-error-count>/.test(reply) && !/<(?:rpc-error|xnm:error)\b/.test(reply),
  },
  {
    words: 'replies are within <multi-routing-engine-results>',
    isIn: (reply) => reply.includes('<multi-routing-engine-results'),
  },
  {
    words: 'VRRP groups are named by port and unit',
    isIn: (reply) => /<vrrp-interface>(?:(?!<\/vrrp-interface>)[^])*<physical-interface>/.test(reply),
  },
  {
    words: 'that VRRP does not run is told as output',
    isIn: (reply) => /<output>[^<]*not running/.test(reply),
  },
  {
    words: 'a commit has two comments',
    isIn: (reply) =>
      /<commit-history>(?:(?!<\/commit-history>)[^])*<comment>(?:(?!<\/commit-history>)[^])*<comment>/.test(
        reply,
      ),
  },
  {
    words: 'filters have an instance for each interface',
    isIn: (reply) => /<filter-name>\s*[^<]*-[io]\s*<\/filter-name>/.test(reply),
  },
  {
    words: 'where there is nothing to show, <configuration-text> is left out',
    isIn: (reply, operation) =>
      operation === 'get-configuration' && !/<configuration-|-error>|<xnm:/.test(reply),
  },
  { words: 'edits in private copies deny the lock', isIn: (reply) => reply.includes('private edits in use') },
  { words: 'some characters can not be read', isIn: (reply) => /[\ufffd\uffff]|&#[0-8];|<\*>/.test(reply) },
];

export function deviationsIn(messages: readonly Message[]): readonly string[] {
  const replies = messages.filter(({ from }) => from === 'server');
  return DEVIATIONS.filter(({ isIn }) => replies.some(({ text, operation }) => isIn(text, operation))).map(
    ({ words }) => words,
  );
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
