namespace Metrana.Native.Interop;

// Records, anonymous objects and classes: a map of their public properties.
internal sealed partial class AttributeTree
{
    private void WriteProperties(object value)
    {
        ObjectForm form = ObjectForm.Of(value, _contracts);
        if (form.Refusal is { } why)
        {
            throw Refusal(why);
        }

        if (form.Properties is not { } properties)
        {
            Write(form.Json);
            return;
        }

        int place = Begin(Node.Map);
        int count = 0;
        foreach (ObjectForm.Property property in properties)
        {
            _path[_depth - 1] = (property.Name, 0);
            if (property.Read(value, out object? held, out bool written) is { } problem)
            {
                throw Refusal(problem);
            }

            if (written)
            {
                WriteText(property.Name);
                Write(held);
                count++;
            }
        }

        End(place, count);
    }
}
