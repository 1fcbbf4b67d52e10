using System.Text;

namespace SimpleFlow.Cli;

/// <summary>The standard output, with its name in errors: the system's words alone, "No space left on device", name no file.</summary>
internal sealed class StandardOutput(TextWriter output) : TextWriter
{
    /// <summary>Whether the path of a file means the standard output.</summary>
    public static bool IsNamed(string path) => path is "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1";

    public override Encoding Encoding => output.Encoding;

    public override void Write(char value) => Try(() => output.Write(value));

    public override void Write(string? value) => Try(() => output.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => output.Write(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void WriteLine(string? value) => Try(() => output.WriteLine(value));

    public override void WriteLine() => Try(output.WriteLine);

    public override void Flush() => Try(output.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"The standard output cannot be written: {exception.Message.TrimEnd('.')}. Send it elsewhere, or make room where it goes.",
                exception);
        }
    }
}
