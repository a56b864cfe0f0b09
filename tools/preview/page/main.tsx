import { render } from 'preact';
import './page.css';
import { App } from './shell/app.tsx';

const root = document.getElementById('page');
if (root) render(<App />, root);
