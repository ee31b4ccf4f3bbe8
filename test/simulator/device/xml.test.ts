import assert from 'node:assert/strict';
import { leaf, readXml, readXmlDocument, XmlError } from '../../../simulator/device/xml.ts';

describe('the XML reader', () => {
  it('knows elements and attributes by their local names, whether or not their prefixes are declared', () => {
    for (const declaration of ['xmlns:nc="urn:x"', '']) {
      const element = readXml(`<nc:rpc ${declaration} nc:message-id="7"><nc:lock/></nc:rpc>`);
      assert.equal(element.name, 'rpc');
      assert.deepEqual(element.attributes, { 'message-id': '7' });
      assert.deepEqual(
        element.children.map((c) => c.name),
        ['lock'],
      );
    }
  });

  it('reads past the prolog, comments and processing instructions', () => {
    assert.equal(
      readXml('<?xml version="1.0"?>\n<!-- <a> -->\n<b><!-- c --><?d e?>text</b>\n<!-- f -->').text,
      'text',
    );
  });

  it('accepts a byte order mark and line breaks before the XML declaration', () => {
    assert.equal(readXml('\uFEFF\r\n<?xml version="1.0"?><a>text</a>').text, 'text');
  });

  it('resolves entities and character references, and keeps CDATA as it is', () => {
    assert.equal(readXml('<a>&lt;&#65;&#x42;&gt;<![CDATA[<&amp;>]]></a>').text, '<AB><&amp;>');
  });

  it('reads back what the writer escaped', () => {
    const hostile = `<a href="x">&'"]]>`;
    assert.equal(readXml(leaf('v', hostile)).text, hostile);
  });

  it('returns the attributes of the root element as they are written, and of no other element', () => {
    const source = `\n<!-- <x y="z"> --><n:a xmlns:n="urn:x"\n b='"&lt;' n:c = "" ><d e="f"/></n:a>`;
    assert.deepEqual(readXmlDocument(source).rootAttributes, [
      { name: 'xmlns:n', quoted: '"urn:x"' },
      { name: 'b', quoted: `'"&lt;'` },
      { name: 'n:c', quoted: '""' },
    ]);
  });

  it('reads 256 levels of elements', () => {
    let element = readXml('<a>'.repeat(256) + '</a>'.repeat(256));
    let levels = 1;
    for (; element.children[0]; levels += 1) element = element.children[0];
    assert.equal(levels, 256);
  });

  it('says where the first mistake is', () => {
    assert.throws(() => readXml('<a><b></a>'), {
      message: 'unexpected close tag at character 10',
      offset: 10,
    });
  });

  const refused: readonly (readonly [what: string, document: string])[] = [
    ['a document type declaration', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['a document type declaration without entities', '<!DOCTYPE a><a/>'],
    ['an unknown entity', '<a>&b;</a>'],
    ['a bare ampersand', '<a>b & c</a>'],
    ['a character reference out of range', '<a>&#x110000;</a>'],
    ['a reference to a character that XML forbids', '<a>&#0;</a>'],
    ['a character that XML forbids', '<a>\u0001</a>'],
    ['a missing end tag', '<a><b></a>'],
    ['an element left open', '<a><b></b>'],
    ['an end tag too many', '<a></a></a>'],
    ['a second document element', '<a/><b/>'],
    ['text around the document', '<a/>b'],
    ['an unfinished comment', '<a><!-- </a>'],
    ['an attribute without quotes', '<a b=c/>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['a name with two prefixes', '<a:b:c/>'],
    ['an XML declaration inside the document', '<a><?xml version="1.0"?></a>'],
    ['nothing', '  '],
    ['elements nested more than 256 levels deep', '<a>'.repeat(257) + '</a>'.repeat(257)],
    ['endless nesting', '<a>'.repeat(10_000)],
  ];
  for (const [what, document] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => readXml(document), XmlError));
  }
});
