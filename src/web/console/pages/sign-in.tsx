/** The way in at an address of its own: bookmarks and links lead here. */

import SignInForm from './sign-in-form.tsx'

export default function SignIn() {
  return <SignInForm onDone={() => window.location.assign('/console')} />
}
