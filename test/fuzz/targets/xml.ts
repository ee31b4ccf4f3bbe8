/** XML to a tree and back. */
import assert from 'node:assert/strict';
import { writeXml, XmlError, type XmlElement } from '../../../netconf/xml.ts';
import { readXml } from '../../../netconf/xml-reader.ts';
import type { Random } from '../../chaos/random.ts';
import { assertSame, attempt, assertDeclared, repeated, several, type Target } from '../target.ts';

/** Stands for a secret. An error says where a router's text is wrong, and repeats nothing of what stands there. */
export const canary = 'Canary7';

export function anyXml(random: Random, names: readonly string[], depth = 4): string {
  const name = `${random.chance(0.1) ? 'nc:' : ''}${random.pick(names)}`;
  const attribute = () =>
    ` ${random.pick(['a', 'message-id', 'junos:seconds', 'xmlns', 'xmlns:nc'])}=${random.pick(['"1"', "'2'", '"&lt;"', `"${canary}"`])}`;
  const content = (): string => {
    switch (random.whole(0, depth > 0 ? 9 : 4)) {
      case 0:
        return random.pick(['&amp;', '&#65;', '&#x1F600;', '&quot;', ' \n', canary]);
      case 1:
        return random.pick([`<!-- ${canary} -->`, '<?pi x?>', '<![CDATA[<&]]>', '']);
      case 2:
      case 3:
      case 4:
        return random.pick(['text', 'up', 'master', '42', 'é😀', '']);
      default:
        return anyXml(random, names, depth - 1);
    }
  };
  const inside = several(random, 4, content).join('');
  const start = `<${name}${random.chance(0.2) ? attribute() : ''}`;
  return inside === '' && random.chance(0.5) ? `${start}/>` : `${start}>${inside}</${name}>`;
}

export function assertSafe(element: XmlElement): void {
  assert.ok(!['__proto__', 'constructor', 'prototype'].includes(element.name));
  assert.ok(Object.getPrototypeOf(element.attributes) === Object.prototype);
  for (const child of element.children) assertSafe(child);
}

function check(input: string): void {
  let element: XmlElement;
  try {
    element = readXml(input);
  } catch (error) {
    assertDeclared(error, [XmlError]);
    // An error may only repeat the name of the element that should be closed.
    const told = error.message.replace(/<\/.*> in line/, '');
    assert.ok(!told.includes(canary.slice(0, 5)), error.message);
    return;
  }
  assertSafe(element);
  assert.ok(
    !/\[native code\]|\[object/.test(JSON.stringify(element)) || /\[native code\]|\[object/.test(input),
  );
  // What XML can't hold, or a name beyond ASCII, is not written again.
  const written = attempt([XmlError], () => writeXml(element));
  if (written !== undefined) assertSame(readXml(written), undamaged(element));
}

/** The marks that stood for damage are written as any other character. */
function undamaged({ name, attributes, children, text }: XmlElement): XmlElement {
  return { name, attributes, children: children.map(undamaged), text };
}

export const xmlTokens = [
  '<',
  '>',
  '</',
  '/>',
  '<a>',
  '</a>',
  '<a/>',
  '&',
  '&amp;',
  '&lt;',
  '&#',
  '&#0;',
  '&#8;',
  '<*>',
  '\uffff',
  '<routing-engine>',
  '<commit-success/>',
  '&#x110000;',
  '&#xD800;',
  '&constructor;',
  '&__proto__;',
  '&toString;',
  '&x;',
  `&${canary};`,
  '<!DOCTYPE a [<!ENTITY x "y">]>',
  '<!ENTITY',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<?xml version="1.0"?>',
  '?>',
  ' a="1"',
  " a='1'",
  ' xmlns:a="b"',
  ' __proto__="1"',
  '<__proto__>',
  '</__proto__>',
  '<x:constructor/>',
  ':',
  '=',
  '"',
];

export const xmlTarget: Target = {
  name: 'xml',
  share: 10,
  make: (random) => anyXml(random, ['a', 'b', 'rpc-reply', 'ok', 'x.y', '_']),
  tokens: xmlTokens,
  check,
  growing: [
    (size) => `<a>${repeated('<a/>', size)}</a>`,
    (size) => `<a>${repeated('<b>x</b>', size)}</a>`,
    (size) => `<a ${Array.from({ length: Math.round(size / 8) }, (_, index) => `a${index}=""`).join(' ')}/>`,
    (size) => `<a>${repeated('&amp;', size)}</a>`,
    (size) => `<a>${repeated('&', size)}</a>`,
    (size) => `<a>${repeated('<!--x-->', size)}</a>`,
    (size) => `<a>${repeated('<![CDATA[x]]>', size)}</a>`,
    (size) => repeated('<a>', size),
    (size) => `<${repeated('a', size)}>`,
    (size) => `<a ${repeated(' ', size)}x`,
    (size) => `<a x${repeated(' ', size)}y`,
    (size) => `<a x="${repeated('y', size)}`,
    (size) => `<a>${repeated('\r\n', size)}</a>`,
  ],
};
