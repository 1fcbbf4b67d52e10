using System.Globalization;
using System.Text;

namespace System.Runtime.CompilerServices
{
    /// <summary>
    /// Formats every <c>$"…"</c> of this assembly with the invariant culture: the compiler uses this type in place of .NET's type of the
    /// same name. Variable names, labels and the lines that identify graphs are written to saved files, and must be the same on a machine
    /// that writes 0.9 with a comma. With .NET's own type, one overlooked number would make a file that loads nowhere else.
    /// </summary>
    [InterpolatedStringHandler]
    [Microsoft.CodeAnalysis.Embedded]
    internal readonly ref struct DefaultInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        private const int UsualHole = 11;
        private readonly StringBuilder _text = new(literalLength + UsualHole * formattedCount);

        public void AppendLiteral(string text) => _text.Append(text);

        public void AppendFormatted(ReadOnlySpan<char> text) => _text.Append(text);

        public void AppendFormatted(string? text) => _text.Append(text);

        public void AppendFormatted(object? value, int alignment = 0, string? format = null) =>
            AppendFormatted<object?>(value, alignment, format);

        public void AppendFormatted<T>(T value) => AppendFormatted(value, format: null);

        public void AppendFormatted<T>(T value, string? format) => _text.Append(Text(value, format));

        public void AppendFormatted<T>(T value, int alignment) => AppendFormatted(value, alignment, format: null);

        public void AppendFormatted<T>(T value, int alignment, string? format)
        {
            var text = Text(value, format) ?? "";
            _text.Append(alignment < 0 ? text.PadRight(-alignment) : text.PadLeft(alignment));
        }

        public string ToStringAndClear()
        {
            var text = _text.ToString();
            _text.Clear();
            return text;
        }

        private static string? Text<T>(T value, string? format) =>
            value is IFormattable number ? number.ToString(format, CultureInfo.InvariantCulture) : value?.ToString();
    }
}

namespace Microsoft.CodeAnalysis
{
    /// <summary>Tells the compiler that a type is visible only in its own assembly, even if another may see the internals.</summary>
    [Embedded, AttributeUsage(AttributeTargets.All)]
    internal sealed class EmbeddedAttribute : Attribute
    {
        public EmbeddedAttribute() { }
    }
}
