import assert from 'node:assert/strict';
import fc from 'fast-check';
import { child, descendants, textAt, writeXml, xml, XmlError } from '../../netconf/xml.ts';
import { readXml } from '../../netconf/xml-reader.ts';

describe('reading XML', () => {
  it('knows elements and attributes by local name, whatever the prefix', () => {
    const reply = readXml(
      '<?xml version="1.0" encoding="UTF-8"?>\n<!-- hello -->\n<nc:rpc-reply xmlns:nc="urn:x" xmlns:junos="http://xml.juniper.net/junos/22.2R0/junos" nc:message-id="7">' +
        '<vrrp-information xmlns="http://x" junos:style="summary"/></nc:rpc-reply>\n',
    );
    assert.equal(reply.name, 'rpc-reply');
    assert.equal(reply.attributes['message-id'], '7');
    assert.equal(child(reply, 'vrrp-information')?.attributes['style'], 'summary');
  });

  it('trims text, and keeps it as text', () => {
    const element = readXml(
      '<a>\n<name>\nge-0/0/0\n</name><count>007</count><flag>true</flag><hex>0x1F</hex></a>',
    );
    assert.deepEqual(
      element.children.map(({ text }) => text),
      ['ge-0/0/0', '007', 'true', '0x1F'],
    );
  });

  it('keeps the order of elements', () => {
    assert.deepEqual(
      readXml('<a><b/><c/><b/></a>').children.map(({ name }) => name),
      ['b', 'c', 'b'],
    );
  });

  it('joins text around elements and comments, and takes CDATA as it is', () => {
    const element = readXml('<a>one <!-- no -->two<b/> three<![CDATA[ <&amp;> ]]></a>');
    assert.equal(element.text, 'one two three <&amp;>');
  });

  it('decodes the predefined entities and character references, once', () => {
    assert.equal(readXml('<a>&lt;&gt;&amp;&apos;&quot;&#65;&#x1F600;&amp;lt;</a>').text, '<>&\'"A😀&lt;');
    assert.equal(readXml('<a b="&quot;&amp;amp;"/>').attributes['b'], '"&amp;');
  });

  const refused: readonly [name: string, text: string][] = [
    ['nothing', ''],
    ['text', 'hello'],
    ['an element that is not closed', '<a><b></a>'],
    ['a document cut short', '<a><b/>'],
    ['an end without a beginning', '<a></a></b>'],
    ['two roots', '<a/><b/>'],
    ['a tag within a tag', '<a><b/</a>'],
    ['a name without an end', '<a:/>'],
    ['text behind the root', '<a/>>'],
    ['a comment that is not closed', '<a/><!-- '],
    ['CDATA outside of the root', '<a/><![CDATA[x]]>'],
    ['an attribute without quotes', '<a b=c/>'],
    ['an attribute given twice', '<a b="1" b="2"/>'],
    ['a tag within an attribute', '<a b="<c/>"/>'],
    ['a DOCTYPE', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['an unknown entity', '<a>&nbsp;</a>'],
    ['a bare ampersand', '<a>R&D </a>'],
    ['a reference to no character in an attribute', '<a b="&#x110000;"/>'],
    ['a reference to a control character in an attribute', '<a b="&#0;"/>'],
    ['a reference to half a character in an attribute', '<a b="&#xD800;"/>'],
    ['a deeper nesting than anybody needs', `${'<a>'.repeat(500)}${'</a>'.repeat(500)}`],
    ['a name that is a trap in JavaScript', '<a><constructor>1</constructor></a>'],
    ['the name __proto__', '<__proto__><a/></__proto__>'],
  ];
  for (const [name, text] of refused)
    it(`refuses ${name}`, () => assert.throws(() => readXml(text), XmlError));

  it('says where and what was expected, without a word of the content', () => {
    assert.throws(
      () => readXml('<a>\n  <b>secret</c>\n</a>'),
      (error: Error) => {
        assert.equal(error.message, 'expected well-formed XML: </b> in line 2, column 12');
        return true;
      },
    );
  });

  it('takes time in proportion to the length', () => {
    const entry =
      '<commit-history><user>esi</user><date-time junos:seconds="1">now</date-time></commit-history>\n';
    const many = `<rpc-reply>${entry.repeat(5_000)}</rpc-reply>`;
    const started = performance.now();
    assert.equal(readXml(many).children.length, 5_000);
    assert.ok(performance.now() - started < 2_000, 'expected the time to grow with the length only');
  });
});

describe('writing XML', () => {
  it('nests, and closes what is empty', () => {
    assert.equal(
      writeXml(xml('lock', [xml('target', [xml('candidate')])])),
      '<lock><target><candidate/></target></lock>',
    );
  });

  it('escapes text and attributes', () => {
    assert.equal(
      writeXml(xml('a', '<]]>]]>&"', { b: '"<>&' })),
      '<a b="&quot;&lt;&gt;&amp;">&lt;]]&gt;]]&gt;&amp;&quot;</a>',
    );
  });

  it('reads back whatever it writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let written: string;
        try {
          written = writeXml(xml('a', text, { b: text }));
        } catch (error) {
          assert.ok(error instanceof XmlError);
          // oxlint-disable-next-line no-control-regex
          assert.match(text, /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/);
          return;
        }
        assert.equal(readXml(written).text, text.trim());
      }),
    );
  });

  it('refuses what XML cannot hold', () => {
    assert.throws(
      () => writeXml(xml('a', 'bell \u0007')),
      /expected text that XML can hold, got U\+0007 at 5/,
    );
    assert.throws(() => writeXml(xml('a b')), /expected an XML name, got "a b"/);
    assert.throws(() => writeXml(xml('')), /expected an XML name/);
  });
});

describe('hostile XML', () => {
  const refusal = (text: string): string => {
    let message = '';
    assert.throws(
      () => readXml(text),
      (error) => {
        assert.ok(error instanceof XmlError, String(error));
        message = error.message;
        return message.length <= 1_000;
      },
    );
    return message;
  };

  it('has no entities by the names that every object has', () => {
    for (const name of ['constructor', 'toString', 'valueOf', '__proto__']) refusal(`<a>&${name};</a>`);
  });

  it('is refused without a word of what stands there', () => {
    for (const text of ['<a>&hunter2;</a>', '<a>&hunter2</a>', '<a b="&hunter2;"/>', '<a>hunter2</b>'])
      assert.ok(!refusal(text).includes('hunter2'));
  });

  it('with very many attributes is read in time', () => {
    const attributes = Array.from({ length: 100_000 }, (_, index) => `a${index}=""`).join(' ');
    assert.equal(Object.keys(readXml(`<a ${attributes}/>`).attributes).length, 100_000);
    refusal(`<a ${attributes} a1=""/>`);
  });

  it('has so many elements and attributes and no more, as each takes much more memory than its octets', () => {
    assert.equal(readXml(`<a>${'<b/>'.repeat(200_000)}</a>`).children.length, 200_000);
    assert.match(refusal(`<a>${'<b/>'.repeat(300_000)}</a>`), /at most 250000 elements and attributes/);
    assert.match(refusal(`<a>${'<b c="d"/>'.repeat(150_000)}</a>`), /at most 250000 elements and attributes/);
  });

  it('gives a message of bounded length', () => {
    refusal('<a>'.repeat(1_000_000));
    refusal(`<${'a'.repeat(1_000_000)}>`);
  });
});

describe('finding in XML', () => {
  const tree = readXml('<a><b><c>1</c></b><b><c>2</c></b></a>');

  it('follows first children', () => {
    assert.equal(textAt(tree, 'b', 'c'), '1');
    assert.equal(textAt(tree, 'b', 'x'), undefined);
    assert.equal(textAt(undefined, 'b'), undefined);
  });

  it('finds at any depth, in order', () => {
    assert.deepEqual(
      descendants(tree, 'c').map(({ text }) => text),
      ['1', '2'],
    );
    assert.deepEqual(descendants(tree, 'a'), [tree]);
  });
});
