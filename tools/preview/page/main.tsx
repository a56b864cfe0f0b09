import { options, render } from 'preact';
import { visibleText } from '../../../lambda/shared/visible-text.ts';
import './page.css';
import { App } from './shell/app.tsx';

// Every text of the page is made here. A record can hold characters that change the direction of what is around them, or show nothing.
options.vnode = (node: { props: unknown }) => {
  if (typeof node.props === 'string') node.props = visibleText(node.props);
};

const root = document.getElementById('page');
if (root) render(<App />, root);
