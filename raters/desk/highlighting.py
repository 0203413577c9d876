"""Code in a few colours, marked on the server. The language must be named: it is never guessed."""

from functools import cache
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name
from pygments.token import Comment, Keyword, Name, Number, String, _TokenType

# Languages whose lexers take time that grows with the text alone, by the names that fences give them.
LANGUAGES = {
    *(
        "bash",
        "c",
        "c#",
        "c++",
        "cpp",
        "cs",
        "css",
        "go",
        "html",
        "java",
        "javascript",
        "js",
        "json",
        "kotlin",
    ),
    *("lua", "php", "py", "python", "python3", "r", "rs", "ruby", "rust", "sh", "sql", "swift", "toml", "ts"),
    *("typescript", "xml", "yaml", "yml"),
}
LONGEST = 20_000  # characters: more is shown plain
CLASSES = {
    Keyword: "code-keyword",
    Name.Builtin: "code-name",
    Name.Class: "code-name",
    Name.Function: "code-name",
    Name.Tag: "code-name",
    String: "code-string",
    Number: "code-number",
    Comment: "code-comment",
}


def highlighted(code: str, language: str, _attributes: str = "") -> str:
    """The code as HTML with a span around what has a colour; "" if the language is none of ours, or the code long."""
    if language.lower() not in LANGUAGES or len(code) > LONGEST:
        return ""
    lexer = lexer_of(language.lower())(stripnl=False, ensurenl=False)
    return "".join(marked(kind, text) for kind, text in lexer.get_tokens(code))


@cache
def lexer_of(language: str) -> type[Lexer]:
    """Looked for once: Pygments goes through all that it has."""
    return find_lexer_class_by_name(language)


def marked(kind: _TokenType, text: str) -> str:
    found = next((CLASSES[each] for each in reversed(kind.split()) if each in CLASSES), None)
    return f'<span class="{found}">{escape(text)}</span>' if found else escape(text)
