/** The bundler makes a file of its own of a style sheet. */
declare module '*.css';
