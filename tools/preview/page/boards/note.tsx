import type { ComponentChild } from 'preact';
import { linkTarget } from './links.ts';

/** What is marked in a note: bold, italic, code, links. Anything else of Markdown stays as it is written. */
const MARKED = /\*\*([^*]+)\*\*|\*([^*]+)\*|`([^`]+)`|\[([^[\]]+)\]\(([^()\s]+)\)/g;

/** A note: text with a small part of Markdown, of which no markup is ever read. */
export const NoteText = ({ content }: { content: string }) => (
  <div class="note">
    {content.split('\n\n').map((paragraph) => (
      <p key={paragraph}>{inline(paragraph)}</p>
    ))}
  </div>
);

function inline(text: string): ComponentChild[] {
  const parts: ComponentChild[] = [];
  let at = 0;
  for (const match of text.matchAll(MARKED)) {
    const [whole, bold, italic, code, label, link = ''] = match;
    parts.push(text.slice(at, match.index));
    if (bold) parts.push(<strong>{inline(bold)}</strong>);
    else if (italic) parts.push(<em>{inline(italic)}</em>);
    else if (code) parts.push(<code>{code}</code>);
    else parts.push(<NoteLink label={label ?? ''} link={link} />);
    at = match.index + whole.length;
  }
  parts.push(text.slice(at));
  return parts;
}

/** A link to another board or search leads to the preview's own; one to a web site opens it. */
function NoteLink({ label, link }: { label: string; link: string }) {
  const target = linkTarget(link);
  if (target) return <a href={target}>{label}</a>;
  if (!link.startsWith('https://')) return <>{label}</>;
  return (
    <a href={link} target="_blank" rel="noopener noreferrer">
      {label}
    </a>
  );
}
