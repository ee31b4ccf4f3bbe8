import assert from 'node:assert/strict';
import { readXml, XmlError } from '../../../simulator/device/xml-read.ts';
import { leaf } from '../../../simulator/device/xml.ts';

describe('the XML reader', () => {
  it('knows elements and attributes by their local names', () => {
    const element = readXml('<nc:rpc xmlns:nc="urn:x" nc:message-id="7"><nc:lock/></nc:rpc>');
    assert.equal(element.name, 'rpc');
    assert.deepEqual(element.attributes, { 'message-id': '7' });
    assert.deepEqual(
      element.children.map((c) => c.name),
      ['lock'],
    );
  });

  it('reads past the prolog, comments and processing instructions', () => {
    assert.equal(
      readXml('<?xml version="1.0"?>\n<!-- <a> -->\n<b><!-- c --><?d e?>text</b>\n<!-- f -->').text,
      'text',
    );
  });

  it('resolves entities and character references, and keeps CDATA as it is', () => {
    assert.equal(readXml('<a>&lt;&#65;&#x42;&gt;<![CDATA[<&amp;>]]></a>').text, '<AB><&amp;>');
  });

  it('reads back what the writer escaped', () => {
    const hostile = `<a href="x">&'"]]>`;
    assert.equal(readXml(leaf('v', hostile)).text, hostile);
  });

  const refused: readonly (readonly [what: string, document: string])[] = [
    ['a document type declaration', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['an unknown entity', '<a>&b;</a>'],
    ['a bare ampersand', '<a>b & c</a>'],
    ['a character reference out of range', '<a>&#x110000;</a>'],
    ['a missing end tag', '<a><b></a>'],
    ['an element left open', '<a><b></b>'],
    ['an end tag too many', '<a></a></a>'],
    ['a second document element', '<a/><b/>'],
    ['text around the document', '<a/>b'],
    ['an unfinished comment', '<a><!-- </a>'],
    ['an attribute without quotes', '<a b=c/>'],
    ['nothing', '  '],
    ['endless nesting', '<a>'.repeat(10_000)],
  ];
  for (const [what, document] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => readXml(document), XmlError));
  }
});
