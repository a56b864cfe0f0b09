/** A status or severity, as a word and in its colour. @param of which colour; that of the word by default */
export const Status = ({ text, of = text }: { text: string; of?: string }) => (
  <span class={`status status-${of}`}>{text}</span>
);
