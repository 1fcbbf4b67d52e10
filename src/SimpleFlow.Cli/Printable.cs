using System.Text;

namespace SimpleFlow.Cli;

/// <summary>
/// Text that is safe for a terminal. Names of classes, columns and files come from others, and a control character in them could move the
/// cursor, recolour or rename the window: those of ASCII become their symbols (␛ for escape), those above it their codes. Tabs and line
/// breaks stay.
/// </summary>
internal static class Printable
{
    private const int Pictures = 0x2400, Delete = 0x7F;

    public static string Of(string text) => text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0
        && text.AsSpan().IndexOfAnyInRange('\u007f', '\u009f') < 0 ? text : Replaced(text);

    private static string Replaced(string text)
    {
        var shown = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var one = text[i];
            // On its own, a carriage return makes the following text overwrite what came before.
            if (!char.IsControl(one) || one is '\n' or '\t' || (one == '\r' && i + 1 < text.Length && text[i + 1] == '\n'))
                shown.Append(one);
            else if (one < ' ') shown.Append((char)(Pictures + one));
            else if (one == Delete) shown.Append('␡');
            else shown.Append($"\\u{(int)one:X4}");
        }
        return shown.ToString();
    }
}

/// <summary>Writes only what is <see cref="Printable"/>.</summary>
internal sealed class PrintableWriter(TextWriter output) : TextWriter
{
    public override Encoding Encoding => output.Encoding;

    public override void Write(char value) => output.Write(Printable.Of($"{value}"));

    public override void Write(string? value) => output.Write(Printable.Of(value ?? ""));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine(string? value)
    {
        Write(value);
        output.WriteLine();
    }

    public override void WriteLine() => output.WriteLine();

    public override void Flush() => output.Flush();
}
