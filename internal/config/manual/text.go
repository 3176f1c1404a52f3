package manual

// pageHead is the part of the manual page before the keywords.
const pageHead = `.\" Made from the keyword tables; change those, then run make man.
.TH KEEPALIVED.CONF 5 "" "keepalived" "File formats"
.SH NAME
keepalived.conf \- configuration of keepalived
.SH SYNOPSIS
.I /etc/keepalived/keepalived.conf
.SH DESCRIPTION
Each line holds one keyword and its arguments, separated by blanks. Some keywords open a block: the line ends with
.BR { ,
and a line with
.B }
closes it. Only the first word of a line is a keyword.
.PP
.B keepalived \-\-check
shows what is wrong in a configuration, with the line and what to write instead;
.B keepalived \-\-help\-config
.I KEYWORD
explains a keyword.
.SS Comments and quoting
.B #
and
.B !
begin a comment, also inside a word, but not inside double quotes; a backslash before them takes that meaning away. Double
quotes keep blanks together.
.SS Including files
.TP
.BI include " PATTERN"
The files that match are read in its place, as if they stood there. A relative name is relative to the directory of the
file that it stands in. The variants
.BR includer ,
.BR includem ,
.B includew
and
.B includeb
make it an error when a file cannot be read, nothing matches, nothing matches a wildcard, or one of the choices in braces
has no file;
.B includea
all of these. See
.B include_check
and
.BR \-\-all\-config .
.SS Conditions
.TP
.BI @ "ID LINE"
The line counts only when
.I ID
is the configuration id (option
.BR \-i ,
otherwise the node name);
.BI @^ ID
only when it is not.
.SS Definitions
.TP
.BI $ NAME = TEXT
Later
.BI $ NAME
or
.BI ${ NAME }
is replaced by the text; without braces a blank, a comma, a closing parenthesis or the end of the line must follow. A
definition whose lines end with a backslash has several lines; other lines are never continued.
.TP
.B ${_PWD} ${_INSTANCE} ${_ENV NAME} ${_RANDOM [MIN [MAX]]} ${_HASH} ${_BANG}
The directory of the file, the configuration id, an environment variable, a random number, # and !.
.TP
.BI ~SEQ( VAR , " START" , " STEP" , " END" ) " LINE"
The line once for each number. ~SEQx counts in hexadecimal, ~LST takes a list of values.
.PP
Sequences, lists, definitions of several lines and files that are included again may generate a million lines altogether;
what comes beyond that is reported and ignored.
.SS Releases
.I Since
names the first release of keepalived that has the keyword, and the source file of release 2.4.3 that reads it; how that
was found stands in the file
.I keywords_history.tsv
of the sources.
.SS Values
Times are seconds, with up to six decimal places, where nothing else is said. BOOL is on, true, yes, off, false or no. A bad
value is reported and the default stays.
`

// pageTail is the part after the keywords.
const pageTail = `.SH SEE ALSO
.BR keepalived (8),
.BR ipvsadm (8),
.BR ip (8)
`
