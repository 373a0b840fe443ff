using System.Globalization;

namespace Metrana.Native.Interop;

internal sealed partial class AttributeTree
{
    /// <summary>Why the value that is being written cannot be one.</summary>
    private ArgumentException Refusal(string why)
    {
        IEnumerable<string> steps = _path.Take(_depth).Select(
            step => step.Key ?? step.Index.ToString(CultureInfo.InvariantCulture));
        string path = string.Join('/', _root.Length == 0 ? steps : steps.Prepend(_root));
        return new ArgumentException($"invalid attribute '{path}': {why}");
    }
}
