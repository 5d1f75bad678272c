/** What the screens' build takes beside code. */
declare module '*.css'
