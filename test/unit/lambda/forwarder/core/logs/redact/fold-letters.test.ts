import { expect, it } from 'vitest';
import { folded, foldedWithOrigins } from '../../../../../../../lambda/forwarder/core/logs/redact/fold.ts';

/** By their names in Unicode: LATIN SMALL LETTER X WITH something, small capitals, and ligatures. */
it.each([
  ['a', 'ⱥᴀɑᶏ'],
  ['aa', 'ꜳ'],
  ['ae', 'æᴁ'],
  ['ao', 'ꜵ'],
  ['au', 'ꜷ'],
  ['av', 'ꜹꜻ'],
  ['ay', 'ꜽ'],
  ['b', 'ƀʙƃɓᵬᶀꞗ'],
  ['c', 'ȼᴄƈɕꞓꞔ𝼝'],
  ['d', 'đðᴅᴆƌȡɖɗᵭᶁᶑꟈ'],
  ['db', 'ȸ'],
  ['dz', 'ʣ'],
  ['e', 'ɇᴇᶒⱸꬴ'],
  ['f', 'ꜰƒᵮᶂꞙ'],
  ['g', 'ǥɢɡɠᶃꞡ'],
  ['h', 'ħʜɦⱨꞕ'],
  ['hv', 'ƕ'],
  ['i', 'ɨɪᶖ𝼚'],
  ['j', 'ɉᴊʝ'],
  ['k', 'ꝁᴋƙᶄⱪꝃꝅꞣ'],
  ['l', 'łƚʟᴌȴɫɬɭᶅⱡꝉꞎꬷꬸꬹ𝼑𝼓'],
  ['ll', 'ỻ'],
  ['ls', 'ʪ'],
  ['lz', 'ʫ'],
  ['m', 'ᴍɱᵯᶆꬺ'],
  ['n', 'ŋɴƞȵɲɳᵰᶇꞑꞥꬻ'],
  ['o', 'øɵᴏⱺꝋꝍ𝼛'],
  ['oe', 'œɶ'],
  ['oo', 'ꝏ'],
  ['p', 'ᵽᴘƥᵱᶈꝑꝓꝕ'],
  ['q', 'ꞯɋʠꝗꝙ'],
  ['qp', 'ȹ'],
  ['r', 'ɍʀɼɽɾᵲᵳᶉꞧꭉ𝼖'],
  ['s', 'ꜱȿʂᵴᶊꞩꟊẜẝ𝼞'],
  ['t', 'ŧⱦᴛƫƭȶʈᵵ𝼉'],
  ['th', 'þ'],
  ['ts', 'ʦ'],
  ['tz', 'ꜩ'],
  ['u', 'ʉᴜᶙꞹꭎꭒ'],
  ['ue', 'ᵫ'],
  ['v', 'ᴠʋᶌⱱⱴꝟ'],
  ['vy', 'ꝡ'],
  ['w', 'ᴡⱳ'],
  ['x', 'ᶍꭖꭗꭘꭙ'],
  ['y', 'ɏʏƴỿꭚ'],
  ['z', 'ƶᴢȥɀʐʑᵶᶎⱬ'],
])('%s is found as each of %s, in both cases, within a word', (plain, letters) => {
  for (const letter of letters) {
    for (const written of [letter, letter.toUpperCase()]) {
      const text = `x${written}y`;
      const { text: found, origins } = foldedWithOrigins(text);

      expect(folded(text)).toBe(`x${plain}y`);
      expect(found).toBe(`x${plain}y`);
      expect(origins).toEqual([0, ...Array.from(plain, () => 1), text.length - 1, text.length]);
    }
  }
});
