using System.Text;
using System.Text.Unicode;

namespace SimpleFlow;

/// <summary>Whole rows of a table.</summary>
/// <param name="Bytes">Their text, which the next piece overwrites.</param>
/// <param name="Rows">How many there are.</param>
/// <param name="FirstRow">How many rows of the file come before them.</param>
/// <param name="FirstLine">The line that they begin on.</param>
/// <param name="Place">Where they begin in the text of the file.</param>
internal readonly record struct CsvPiece(ReadOnlyMemory<byte> Bytes, int Rows, int FirstRow, int FirstLine, long Place)
{
    /// <summary>The bytes.</summary>
    public byte[] ToArray() => Bytes.ToArray();
}

/// <summary>
/// Reads a table of any length some rows at a time, so that only a piece of it is in memory. The result is that of
/// <see cref="CsvTable.Read(string, CsvOptions, CancellationToken)"/>, so all rows are checked before the first piece is given: whether
/// they are whole, and what their decimal sign is.
/// </summary>
internal sealed class CsvPieces : IDisposable
{
    private const int SmallestBuffer = 1 << 20, RowsAtOnce = 1000;
    private static readonly byte[] Mark = [.. "\uFEFF"u8];
    private readonly Stream _file;
    private readonly Encoding? _other;
    private readonly string _encoding;
    private byte[] _buffer = new byte[SmallestBuffer];
    private Stream _text;

    // The unused part of the buffer; how many rows are used, including the row of names; and the line after them.
    private int _start, _end, _row, _line;
    private long _before;          // how many bytes of the text come before those in the buffer
    private bool _isWhole;

    /// <summary>Checks all rows of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is known about it.</param>
    /// <param name="cancellation">Stops after some rows.</param>
    /// <exception cref="DataException">As for <see cref="CsvTable.Read(string, CsvOptions, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public CsvPieces(string path, CsvOptions options, CancellationToken cancellation)
    {
        Path = path;
        _text = _file = ReadableFile.Open(path);
        try
        {
            Fill();
            (_other, _encoding) = CsvEncoding.Of(_buffer.AsSpan(0, _end), _file.Length);
            Begin();
            var text = _buffer.AsSpan(_start, _end - _start);
            var declared = CsvDetection.Declared(text);
            Delimiter = (byte?)options.Delimiter ?? (declared.Length > 0 ? declared.Delimiter
                : CsvDetection.Delimiter(text, (byte)(options.Like?.Delimiter ?? '\0')));
            Shape = Look(cancellation);
            var (point, isOpen) = options.Decimal is { } said ? (said, false) : Decimal(cancellation);
            Dialect = new CsvDialect((char)Delimiter, point, options.Missing);
            if (options.Like is { } like) Dialect = Dialect.LikeThat(like, isOpen);
        }
        catch (DecoderFallbackException exception)
        {
            Dispose();
            throw new DataException($"{path}: the file is not in UTF-8: save it as CSV in UTF-8. ({exception.Message})", exception);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>The sign between two fields.</summary>
    public byte Delimiter { get; }

    /// <summary>The row of names.</summary>
    public byte[] Header { get; private set; } = [];

    /// <summary>How many fields the rows have.</summary>
    public CsvShape Shape { get; }

    /// <summary>How it is written.</summary>
    public CsvDialect Dialect { get; }

    public void Dispose()
    {
        _text.Dispose();
        _file.Dispose();
    }

    /// <summary>The table, piece by piece; at least one, if it has no rows.</summary>
    /// <param name="rows">How many rows a piece has; the last one may have fewer.</param>
    /// <param name="cancellation">Stops after some rows.</param>
    public IEnumerable<(CsvTable Table, int FirstRow)> Tables(int rows, CancellationToken cancellation)
    {
        BeginRows();
        do
        {
            var piece = Next(rows);
            yield return (new CsvTable(new CsvText(this, piece, cancellation), Dialect, _encoding), piece.FirstRow);
        }
        while (_row <= Shape.Rows);
    }

    /// <summary>Where every so many rows begin in the file, and where the last row ends.</summary>
    /// <exception cref="DataException">The file is not in UTF-8, so its places are not those of the text.</exception>
    public long[] Places(int every, CancellationToken cancellation)
    {
        if (_other is not null)
            throw new DataException($"{Path}: the file is in {_encoding}, and only rows of a file in UTF-8 can stay there: save it as CSV "
                + "in UTF-8.");
        var places = new List<long>();
        BeginRows();
        CsvPiece piece;
        while ((piece = Next(every)).Rows > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            places.Add(piece.Place);
        }
        return [.. places, piece.Place];
    }

    private CsvShape Look(CancellationToken cancellation)
    {
        BeginRows();
        var header = new CsvFields(Header, Delimiter, Path);
        if (!header.NextRow()) throw new DataException($"{Path}: the file is empty; its first row must name the columns.");
        var shape = new CsvShape(header.Fields, header.IsLastFilled);
        RequireUtf8(Header);
        while (Next(RowsAtOnce) is { Rows: > 0 } piece)
        {
            cancellation.ThrowIfCancellationRequested();
            RequireUtf8(piece.Bytes.Span);
            var walk = new CsvFields(piece.Bytes.Span, Delimiter, Path, piece.FirstLine, piece.FirstRow + 1);
            while (walk.NextRow()) shape.Add(walk.Fields, walk.IsLastFilled, walk.Line);
        }
        shape.Require(Path);
        return shape;
    }

    // If it is not, .NET says so.
    private static void RequireUtf8(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text)) StrictUtf8.Encoding.GetCharCount(text);
    }

    private (char Sign, bool IsOpen) Decimal(CancellationToken cancellation)
    {
        var (votes, count, number) = (new DecimalVotes(Shape.Columns), CsvDetection.LookedAt(Shape.Rows, Shape.Columns), 0);
        BeginRows();
        while (number < count)
        {
            cancellation.ThrowIfCancellationRequested();
            var piece = Next(RowsAtOnce);
            var text = piece.Bytes.Span;
            var walk = new CsvFields(text, Delimiter, Path);
            for (var row = piece.FirstRow; number < count && walk.NextRow(); row++)
            {
                if (row != CsvDetection.RowLookedAt(number, count, Shape.Rows)) continue;
                number++;
                var cells = new CsvFields(text, Delimiter, Path) { At = walk.Start };
                for (var column = 0; column < Shape.Columns; column++, cells.At++)
                {
                    var field = cells.Next();
                    votes.Add(column, text.Slice(field.Start, field.Length));
                }
            }
        }
        return votes.Result(Delimiter);
    }

    // Moves to the first row, after the byte order mark and Excel's line.
    private void Begin()
    {
        _file.Position = 0;
        if (!ReferenceEquals(_text, _file)) _text.Dispose();
        _text = _other is null ? _file
            : Encoding.CreateTranscodingStream(_file, _other, StrictUtf8.Encoding, leaveOpen: true);
        (_start, _end, _line, _row, _isWhole, _before) = (0, 0, 1, 0, false, 0);
        Fill();
        if (_buffer.AsSpan(0, _end).StartsWith(Mark)) _start = Mark.Length;
    }

    private void BeginRows()
    {
        Begin();
        if (CsvDetection.Declared(_buffer.AsSpan(_start, _end - _start)) is { Length: > 0 } declared)
            (_start, _line) = (_start + declared.Length, 2);
        Header = Next(1).ToArray();
    }

    // The next whole rows; fewer at the end of the file.
    private CsvPiece Next(int rows)
    {
        var (at, line, count) = (_start, _line, 0);
        while (true)
        {
            var walk = new CsvFields(_buffer.AsSpan(at, _end - at), Delimiter, Path, line, _row + count, !_isWhole);
            var good = 0;
            while (count < rows && walk.NextRow() && (_isWhole || at + walk.At < _end))
                (good, line, count) = (walk.At, walk.LineHere, count + 1);
            at += good;
            if (count == rows || _isWhole) break;
            // Positions already passed stay the same, counted from the beginning of the piece.
            at -= _start;
            Fill();
        }
        var piece = new CsvPiece(_buffer.AsMemory(_start, at - _start), count, _row - 1, _line, _before + _start);
        (_start, _line, _row) = (at, line, _row + count);
        return piece;
    }

    // Reads more after the unused part, which moves to the front.
    private void Fill()
    {
        var rest = _end - _start;
        if (rest > _buffer.Length / 2)
        {
            var larger = (int)Math.Min(2L * _buffer.Length, Array.MaxLength);
            if (larger == _buffer.Length) throw new DataException($"{Path}: a row is longer than {Array.MaxLength:N0} bytes.");
            Array.Resize(ref _buffer, larger);
        }
        _buffer.AsSpan(_start, rest).CopyTo(_buffer);
        _before += _start;
        var read = _text.ReadAtLeast(_buffer.AsSpan(rest), _buffer.Length - rest, throwOnEndOfStream: false);
        (_start, _end) = (0, rest + read);
        _isWhole = _end < _buffer.Length;
    }
}
