using System.Globalization;
using System.Text;

namespace System.Runtime.CompilerServices
{
    /// <summary>
    /// What the compiler makes every <c>$"…"</c> of this assembly with, in place of .NET's type of the same name: the invariant culture.
    /// Names of variables, labels and the lines that tell graphs apart stand in saved files, and must be the same on a machine that writes
    /// a comma in 0.9; with .NET's own, one forgotten number would be enough to make a file that loads nowhere else.
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
    /// <summary>Tells the compiler that a type is for the assembly it stands in, and not for those that may see its internals.</summary>
    [Embedded, AttributeUsage(AttributeTargets.All)]
    internal sealed class EmbeddedAttribute : Attribute
    {
        public EmbeddedAttribute() { }
    }
}
