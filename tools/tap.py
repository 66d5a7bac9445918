"""Say what was checked, in TAP, so that it can be counted."""
import sys


class Report:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, name, problems):
        """One result: it passed if there are no problems."""
        self.count += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}")
        for problem in problems:
            for line in str(problem).splitlines():
                print('# ' + line)

    def expect(self, name, got, want):
        self.check(name, [] if got == want else [f'got  {got!r}', f'want {want!r}'])

    def skip(self, name, reason):
        self.count += 1
        print(f'ok {self.count} - {name} # SKIP {reason}')

    def note(self, text):
        print('# ' + text)

    def done(self):
        print(f'1..{self.count}')
        sys.stdout.flush()
        sys.exit(1 if self.failed else 0)
